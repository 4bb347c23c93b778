import { expect, it } from 'vitest'
import { waterfall } from './waterfall'

it('starts each share where the one before ended', () => {
  const { bars, zero } = waterfall([
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
  expect(zero).toBe('0%')
})

it('draws below zero what somebody bears', () => {
  const { bars, zero } = waterfall([
    { key: 'base', label: 'base', amount: '1000.00', kind: 'total' },
    { key: 'a', label: 'a', amount: '700.00', kind: 'person' },
    { key: 'costs', label: 'costs', amount: '900.00', kind: 'out' },
    { key: 'institution', label: 'institution', amount: '-600.00', kind: 'out' },
  ])
  expect(zero).toBe('37.5%')
  expect(bars.map((bar) => [bar.start, bar.width, bar.against])).toEqual([
    ['37.5%', '62.5%', false],
    ['56.25%', '43.75%', false],
    ['0%', '56.25%', false],
    ['0%', '37.5%', true],
  ])
})

it('draws what goes back after a refund as it once came', () => {
  const { bars, zero } = waterfall([
    { key: 'base', label: 'base', amount: '-1000.00', kind: 'total' },
    { key: 'a', label: 'a', amount: '-700.00', kind: 'person' },
    { key: 'institution', label: 'institution', amount: '-300.00', kind: 'out' },
  ])
  expect([zero, ...bars.map((bar) => `${bar.start} ${bar.width} ${bar.against}`)]).toEqual(['0%', '0% 100% false', '30% 70% false', '0% 30% false'])
})

it('draws nothing where nothing came in', () => {
  expect(waterfall([{ key: 'g', label: 'g', amount: '0.00', kind: 'total' }]).bars[0]?.width).toBe('0%')
})
