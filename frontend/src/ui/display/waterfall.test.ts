import { expect, it } from 'vitest'
import { waterfall } from './waterfall'

it('starts each share where the one before ended', () => {
  const bars = waterfall([
    { key: 'gross', label: 'gross', amount: '1000.00', kind: 'total' },
    { key: 'institution', label: 'institution', amount: '300.00', kind: 'out' },
    { key: 'a', label: 'a', amount: '500.00', kind: 'person' },
    { key: 'b', label: 'b', amount: '200.00', kind: 'person' },
  ])
  expect(bars.map((bar) => [bar.start, bar.width])).toEqual([
    ['0%', '100%'],
    ['70%', '30%'],
    ['20%', '50%'],
    ['0%', '20%'],
  ])
})

it('draws nothing where nothing came in', () => {
  expect(waterfall([{ key: 'g', label: 'g', amount: '0.00', kind: 'total' }])[0]?.width).toBe('0%')
})
