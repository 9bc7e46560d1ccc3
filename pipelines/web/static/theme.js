// Sets the chosen colours before anything is drawn; without a choice the system's are taken.
(() => {
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") {
      document.documentElement.dataset.theme = chosen;
    }
  } catch {
    // storage may be closed to us; the system's colours are fine
  }
  document.documentElement.classList.add("scripted");
})();
