import { expect, it } from 'vitest'
import { sharePercent, sharePercents } from './share'

it('shows shares of large weights in percent, and nothing of nothing', () => {
  expect(sharePercent(430_000, 900_000)).toBe('47.78%')
  expect(sharePercent(7, 7)).toBe('100%')
  expect(sharePercent(0, 0)).toBe('0%')
  expect(sharePercent(0, 9)).toBe('0%')
  expect(sharePercent(2, 1_000_405)).toBe('<0.01%')
})

it('shows shares beside each other that are the whole together', () => {
  // Each rounded by itself they would be 100.01% and 99.99%.
  expect(sharePercents([1, 1, 1, 1, 1, 1])).toEqual(['16.67%', '16.67%', '16.67%', '16.67%', '16.66%', '16.66%'])
  expect(sharePercents([1, 1, 1])).toEqual(['33.34%', '33.33%', '33.33%'])
  expect(sharePercents([5, 3])).toEqual(['62.5%', '37.5%'])
  for (const weights of [[3, 7, 11, 13, 17, 19, 23], [430_000, 281_337, 1, 99_999, 12], [1e15, 1, 1]]) {
    const sum = sharePercents(weights).reduce((total, each) => total + Math.round(Number(each.replace(/%|^<.*/g, '')) * 100), 0)
    expect(sum).toBe(10_000)
  }
})

it('shows what is little as little, and what is nothing as nothing', () => {
  expect(sharePercents([1_000_403, 2, 0, -1])).toEqual(['100%', '<0.01%', '0%', '0%'])
  expect(sharePercents([0, 0])).toEqual(['0%', '0%'])
  expect(sharePercents([])).toEqual([])
})
