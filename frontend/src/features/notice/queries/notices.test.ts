import { expect, it } from 'vitest'
import { noticeAddress, type Notice } from './notices'

const notice = (code: string, kind: string): Notice => ({ id: '1', code, kind, subject_id: '7', title: '', at: '', read: false })

it.each([
  ['introduction_made', 'introduction', '/introductions/7'],
  ['file_requested', 'file_request', '/file-requests'],
  ['file_granted', 'file_request', '/file-requests?box=sent'],
  ['listing_submitted', 'need', '/reviews/need/7'],
  ['listing_returned', 'package', '/my/packages/7'],
  ['match_found', 'need', '/needs/7/matches'],
  ['match_proposed', 'package', '/packages/7/matches'],
  ['proposal_accepted', 'introduction', '/desk/proposals'],
  ['search_alert', 'saved_search', '/my/searches/7'],
  ['organisation_rejected', 'organisation', '/organisation'],
  ['organisation_verified', 'organisation', '/dashboard'],
  ['reward_paid', 'distribution', '/my/rewards'],
  ['reward_to_approve', 'distribution', '/distributions/7'],
])('%s of a %s leads to %s', (code, kind, address) => expect(noticeAddress(notice(code, kind))).toBe(address))
