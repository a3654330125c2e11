interface Row {
  readonly variable: string;
  readonly fallback?: string;
  readonly meaning: string;
}

export declare function settingsTable(settings: Readonly<Record<string, Row>>): string;
export declare function withSettingsTable(
  text: string,
  settings: Readonly<Record<string, Row>>,
): string;
export declare function withSettingNames(
  text: string,
  settings: Readonly<Record<string, Row>>,
): string;
