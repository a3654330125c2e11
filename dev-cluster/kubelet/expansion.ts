/**
 * Expands `$(NAME)`; an unknown name stays unchanged, and `$$` becomes `$`
 * (k8s.io/kubernetes third_party/forked/golang/expansion).
 */
export function expanded(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return variables[name] ?? whole;
  });
}
