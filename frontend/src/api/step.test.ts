import { expect, it } from 'vitest'
import { verbOf } from './step'

it('takes the verb from a whole action and leaves a bare verb alone', () => {
  expect(verbOf('achievement.return')).toBe('return')
  expect(verbOf('sign')).toBe('sign')
})
