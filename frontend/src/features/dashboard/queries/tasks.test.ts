import { expect, it } from 'vitest'
import { taskAddress } from './tasks'

it.each([
  ['review_listing', 'need', '/reviews/need/7'],
  ['mend_returned', 'achievement', '/my/achievements/7'],
  ['answer_introduction', 'introduction', '/introductions/7'],
  ['answer_file_request', 'file_request', '/file-requests'],
  ['release_distribution', 'distribution', '/distributions/7'],
  ['effect_plan', 'plan', '/plans/7'],
  ['accept_distribution', 'distribution', '/my/rewards'],
  ['reopen_need', 'need', '/needs/7'],
  ['approve_distribution', 'distribution', '/distributions/7'],
])('%s of a %s is done at %s', (code, kind, address) => expect(taskAddress({ code, kind, subject_id: '7', title: '' })).toBe(address))
