/** The reader's theme choice, kept on this device. `public/theme.js` applies it. */
export type Theme = "system" | "light" | "dark";

export const getTheme = (): Theme => {
  const saved = localStorage.getItem("theme");
  return saved === "light" || saved === "dark" ? saved : "system";
};

export function setTheme(theme: Theme) {
  localStorage.setItem("theme", theme);
  dispatchEvent(new Event("themechange"));
}
