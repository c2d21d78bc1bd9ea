// Small helps on top of pages that work without them. No page needs this file.
(() => {
  "use strict";

  // A button beside each password that shows what was typed; its words come from the page, in its language.
  const addShowButton = (box) => {
    const field = box.querySelector("input");
    const button = document.createElement("button");
    const tell = (shown) => {
      field.type = shown ? "text" : "password";
      button.textContent = shown ? box.dataset.hide : box.dataset.show;
      button.setAttribute("aria-label", shown ? box.dataset.hideLabel : box.dataset.showLabel);
    };
    button.type = "button";
    button.className = "btn btn-quiet";
    button.addEventListener("click", () => tell(field.type === "password"));
    // Browsers offer to remember, and password managers look for, a password field: send it as one.
    field.form.addEventListener("submit", () => tell(false));
    tell(false);
    box.append(button);
  };

  document.querySelectorAll("[data-show]").forEach(addShowButton);
})();
