// Light or dark as Jira is, where it says so; else as the browser prefers.
export function follow() {
  globalThis.AP?.theming?.initializeTheming?.();
}

follow();
