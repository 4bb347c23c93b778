// Runs before the first paint so that a stored theme or language never flashes.
// A file of its own, because the content security policy allows no inline script.
(function () {
  var root = document.documentElement
  try {
    var theme = localStorage.getItem('cq.theme')
    if (theme === 'dark' || theme === 'light') root.dataset.theme = theme
    var locale = localStorage.getItem('cq.locale')
    if (locale === 'zh-CN' || locale === 'en') root.lang = locale
  } catch {
    // Storage is closed to us (private window): the system's theme is used.
  }
})()
