/** Shell scripts are bundled as text, without their comments (scripts/shell-text.mjs). */
declare module '*.sh' {
  const script: string;
  export default script;
}
