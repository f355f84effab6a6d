// Sets the theme before the first paint. A file of its own, since the content security policy forbids inline scripts.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: light)");
  const apply = () => {
    const wanted = localStorage.getItem("theme") ?? "system";
    root.dataset.theme = wanted === "system" ? (system.matches ? "light" : "dark") : wanted;
    const bar = document.querySelector('meta[name="theme-color"]');
    bar?.setAttribute("content", root.dataset.theme === "light" ? "#f6f4fb" : "#0e0c15");
  };
  apply();
  system.addEventListener("change", apply);
  addEventListener("themechange", apply);
})();
