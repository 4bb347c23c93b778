import { expect, it } from 'vitest'
import { Problem } from '@/api/problem'
import { stands } from './stands'

const problem = (status: number) => new Problem({ code: 'some', status })

it('keeps what was read while it cannot be read again', () => {
  expect([stands({}, null), stands({}, new TypeError('Failed to fetch')), stands({}, problem(503)), stands({}, problem(401))]).toEqual([true, true, true, true])
})

it('takes away what is gone or no longer for the reader', () => {
  expect([stands({}, problem(404)), stands({}, problem(403)), stands(undefined, null)]).toEqual([false, false, false])
})
