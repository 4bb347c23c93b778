import { disableAutoUnmount, enableAutoUnmount } from '@vue/test-utils'
import { afterAll, afterEach, vi } from 'vitest'

// The files of a worker share one page, since making one takes longer than most files' tests. So that each begins as if
// it were alone, its modules are loaded anew, and what it leaves behind is taken away.
vi.resetModules()
enableAutoUnmount(afterEach)

// What jsdom lacks.
Element.prototype.scrollIntoView = () => undefined
HTMLDialogElement.prototype.showModal = function () {
  this.open = true
}
HTMLDialogElement.prototype.close = function () {
  this.open = false
}

afterAll(() => {
  disableAutoUnmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  localStorage.clear()
  sessionStorage.clear()
  document.head.replaceChildren()
  document.body.replaceChildren()
  history.replaceState(null, '', '/')
})
