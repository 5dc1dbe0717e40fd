"""A package, so that pytest can end what its tests share, JupyterLab and the browser, after the last of them."""
