window.ownScript = true;
