/**
 * Puts variables into `$(NAME)`; one it does not know stays as it is, and `$$` is one dollar
 * (k8s.io/kubernetes third_party/forked/golang/expansion).
 */
export function expanded(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return variables[name] ?? whole;
  });
}
