import { mount } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import { i18n, setLocale } from '@/i18n'
import { goTo } from '@/ui/form/rows'
import type { BothLanguages } from '../queries/content'
import EnglishFold from './EnglishFold.vue'

function fold(...texts: BothLanguages[]) {
  const wrapper = mount(EnglishFold, { props: { texts }, slots: { default: '<p data-path="claims[0].metric.en"><input></p>' }, global: { plugins: [i18n] }, attachTo: document.body })
  return { wrapper, details: wrapper.get<HTMLDetailsElement>('details').element }
}
afterEach(() => setLocale('zh-CN'))

it('is folded away while there is no English, and stands open where there is some', async () => {
  const { wrapper, details } = fold({ zh: '循环寿命', en: ' ' })
  expect(details.open).toBe(false)
  await wrapper.setProps({ texts: [{ zh: '循环寿命', en: 'Cycle life' }] })
  expect(details.open).toBe(true)
  wrapper.unmount()
  const filled = fold({ zh: '', en: '' }, { zh: '', en: 'COP' })
  expect(filled.details.open).toBe(true)
  filled.wrapper.unmount()
})

it('stands open for who works in English', async () => {
  await setLocale('en')
  const { wrapper, details } = fold({ zh: '', en: '' })
  expect(details.open).toBe(true)
  wrapper.unmount()
})

it('opens for who is led to a fault in it', () => {
  const { wrapper, details } = fold({ zh: '', en: '' })
  goTo('claims[0].metric.en')
  expect(details.open).toBe(true)
  expect(document.activeElement?.tagName).toBe('INPUT')
  wrapper.unmount()
})
