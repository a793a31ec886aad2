for (const button of document.querySelectorAll("button.fold")) {
  button.onclick = () => {
    document.getElementById(button.dataset.folds).classList.toggle("folded");
  };
}
