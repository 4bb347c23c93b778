import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { i18n } from '@/i18n'
import { provideFaults, type FormFaults } from './faults'
import FieldGroup from './FieldGroup.vue'

it('tells who hears the page the hint and what is wrong with the group’s name', async () => {
  let faults: FormFaults | undefined
  const form = mount(
    defineComponent({
      setup() {
        faults = provideFaults()
        return () => h(FieldGroup, { legend: '组成', path: 'components', hint: '合计 100%' })
      },
    }),
    { global: { plugins: [i18n] } },
  )
  const group = form.get('fieldset')
  const heard = () =>
    (group.attributes('aria-describedby') ?? '')
      .split(' ')
      .filter(Boolean)
      .map((id) => form.get(`[id="${id}"]`).text())
  expect(heard()).toEqual(['合计 100%'])
  faults?.set([
    { path: 'components', code: 'required' },
    { path: '/components', code: 'too_many', params: { max: 50 } },
    { path: 'price', code: 'required' },
  ])
  await form.vm.$nextTick()
  expect(heard()).toHaveLength(3)
  expect(heard()[1]).toBe('必填。')
})
