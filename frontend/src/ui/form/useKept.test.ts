import { mount } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import { forgetKept, useKept } from './useKept'

const form = (place: string) =>
  mount({
    setup: () => ({ written: useKept(() => place, () => ({ zh: '', en: '' })) }),
    template: '<textarea v-model="written.zh" />',
  })
const leaves = () => window.dispatchEvent(new Event('beforeunload', { cancelable: true }))

afterEach(() => forgetKept())

it('asks before what is written and not sent is left for good', async () => {
  const open = form('a')
  expect(leaves()).toBe(true)
  await open.get('textarea').setValue('还没有发出')
  expect(leaves()).toBe(false)
  open.unmount()
  expect(leaves()).toBe(true)
})

it('forgets one place or all', async () => {
  for (const place of ['a', 'b']) await form(place).get('textarea').setValue('还没有发出')
  const words = (place: string) => form(place).get('textarea').element.value
  forgetKept('a')
  expect([words('a'), words('b')]).toEqual(['', '还没有发出'])
  forgetKept()
  expect(words('b')).toBe('')
})
