for (const button of document.querySelectorAll("button.fold")) {
  button.onclick = function () {
    document.getElementById(button.dataset.folds).classList.toggle("folded");
  };
}
