// What the pages can do beyond reading: nothing here is needed to read them.
(() => {
  const root = document.documentElement;

  // ---- colours: auto, light, dark
  const button = document.querySelector("[data-theme-switch]");
  const name = document.querySelector("[data-theme-name]");
  const order = ["auto", "light", "dark"];
  const current = () => root.dataset.theme || "auto";
  const show = () => {
    if (name) name.textContent = current();
  };
  if (button) {
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      const next = order[(order.indexOf(current()) + 1) % order.length];
      if (next === "auto") delete root.dataset.theme;
      else root.dataset.theme = next;
      try {
        if (next === "auto") localStorage.removeItem("theme");
        else localStorage.setItem("theme", next);
      } catch {
        // the choice then lasts as long as the page
      }
      show();
      document.dispatchEvent(new CustomEvent("theme"));
    });
  }

  // ---- filters act at once
  for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }

  // ---- keys: j and k through the list, / to search; never while somebody writes
  const writes = (element) =>
    element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName);
  const steps = () => [...document.querySelectorAll(".story > summary, [data-step]")];
  const move = (by) => {
    const all = steps();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = all[Math.min(Math.max(at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by, 0), all.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/") {
      const field = document.querySelector("#query, #quick");
      if (!field || !field.offsetParent) return;
      event.preventDefault();
      field.focus();
    }
  });
})();
