// Runs in the head before anything is painted, so that the chosen colours never flash; therefore no imports, and a plain script.
{
  const known = (theme: string | null): theme is "light" | "dark" => theme === "light" || theme === "dark";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = (): string | null => {
    const asked = new URLSearchParams(location.search).get("theme");
    if (known(asked)) return asked;
    try {
      return localStorage.getItem("labelwright-theme");
    } catch {
      return null;
    }
  };
  const apply = () => {
    const theme = stored();
    document.documentElement.dataset.theme = known(theme) ? theme : dark.matches ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("labelwright-theme", apply);
}
