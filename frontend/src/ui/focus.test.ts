import { afterEach, expect, it } from 'vitest'
import { focusIsLost, putInPlace } from './focus'

afterEach(() => (document.body.innerHTML = ''))

it('holds the focus for lost where it was put, until somebody goes on from there', () => {
  document.body.innerHTML = '<button id="next"></button><button id="other"></button>'
  const [next, other] = ['next', 'other'].map((id) => document.getElementById(id)!)
  expect(focusIsLost()).toBe(true)
  putInPlace(next!)
  expect(document.activeElement).toBe(next)
  expect(focusIsLost()).toBe(true)
  other!.focus()
  expect(focusIsLost()).toBe(false)
  next!.focus()
  expect(focusIsLost()).toBe(false)
})
