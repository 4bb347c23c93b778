import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useToast } from './useToast'

const { toasts, done, hold, dismiss } = useToast()
const texts = () => toasts.value.map((toast) => toast.text)

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  toasts.value.map((toast) => toast.id).forEach(dismiss)
  vi.useRealTimers()
})

it('goes by itself, later where it offers something', () => {
  done('saved')
  done('merged', { label: 'undo', run: () => undefined })
  vi.advanceTimersByTime(5000)
  expect(texts()).toEqual(['merged'])
  vi.advanceTimersByTime(5000)
  expect(texts()).toEqual([])
})

it('stands with two others at most, and the oldest goes first', () => {
  ;['a', 'b', 'c', 'd'].forEach((text) => done(text))
  expect(texts()).toEqual(['b', 'c', 'd'])
})

it('stays while somebody is in it, whatever comes', () => {
  done('a')
  hold({ ...toasts.value[0]! })
  ;['b', 'c', 'd'].forEach((text) => done(text))
  expect(texts()).toEqual(['a', 'c', 'd'])
})
