import { expect, it } from 'vitest'
import { writtenIn } from './writtenIn'

it('tells by its letters what a text is written in', () => {
  expect(writtenIn('寒区工商业储能用低温电池')).toBe('zh-CN')
  expect(writtenIn('基于 CRISPR 与 LoRa 的新方法')).toBe('zh-CN')
  expect(writtenIn('The people’s drip irrigation')).toBe('en')
  expect(writtenIn('A method of the Tarim (塔里) basin oasis')).toBe('en')
  expect(writtenIn('−30 °C')).toBeUndefined()
})
