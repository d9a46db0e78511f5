// Loaded in the head, before anything is drawn: no flash of the other theme.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be blocked; the system's preference is enough
    }
  };
  const apply = () => {
    root.dataset.bsTheme = chosen() ?? (system.matches ? "dark" : "light");
  };
  root.classList.add("js");
  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
})();
