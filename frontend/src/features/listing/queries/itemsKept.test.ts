import { expect, it } from 'vitest'
import { itemsKept } from './itemsKept'

it('keeps the very items that stay as they are, wherever they come to stand', () => {
  const shown = [{ metric: '节水 ' }, { metric: '增产' }] // as it is typed, with a blank at its end
  const kept = itemsKept(shown, [{ metric: '节水' }, { metric: '增产' }], [{ metric: '能耗' }, { metric: '节水' }])
  expect(kept).toEqual([{ metric: '能耗' }, { metric: '节水 ' }])
  expect(kept[1]).toBe(shown[0])
})

it('takes two equal items for two', () => {
  const shown = [{ metric: '' }, { metric: '' }]
  const kept = itemsKept(shown, shown, [{ metric: '' }, { metric: '' }, { metric: '' }])
  expect(kept[0]).toBe(shown[0])
  expect(kept[1]).toBe(shown[1])
  expect(kept[2]).not.toBe(shown[1])
})

it('gives back what is no list', () => expect(itemsKept('甲', '甲', '乙')).toBe('乙'))
