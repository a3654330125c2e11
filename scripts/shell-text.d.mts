export function shellText(source: string): string;
