// Runs before the first paint so that a stored theme or language never flashes.
// A file of its own, because the content security policy allows no inline script.
(function () {
  var root = document.documentElement
  var locale = null
  try {
    var theme = localStorage.getItem('cq.theme')
    if (theme === 'dark' || theme === 'light') root.dataset.theme = theme
    locale = localStorage.getItem('cq.locale')
  } catch {
    // Storage is closed to us (private window): the system's theme is used.
  }
  // An address that names its language is read in it: search engines list one for each.
  var asked = new URLSearchParams(location.search).get('lang')
  if (asked === 'zh-CN' || asked === 'en') locale = asked
  if (locale !== 'zh-CN' && locale !== 'en') {
    // The first of the reader's languages that we have; Chinese when there is none.
    var wanted = navigator.languages.filter(function (tag) {
      return /^(zh|en)/.test(tag)
    })[0]
    locale = /^en/.test(wanted) ? 'en' : 'zh-CN'
  }
  root.lang = locale
})()
