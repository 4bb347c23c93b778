import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { Problem } from '@/api/problem'
import { i18n } from '@/i18n'
import ErrorSummary from './ErrorSummary.vue'
import { normalisePath, provideFaults, type FormFaults } from './faults'
import TextField from './TextField.vue'

it.each([
  ['components[1].weight_bps', 'components.1.weight_bps'],
  ['/components/1/weight_bps', 'components.1.weight_bps'],
  ['title.zh', 'title.zh'],
])('spells %s as %s', (path, spelt) => expect(normalisePath(path)).toBe(spelt))

function form() {
  let faults!: FormFaults
  const Form = defineComponent({
    setup() {
      faults = provideFaults()
      return () => [h(ErrorSummary), h(TextField, { label: '名称', path: 'title', modelValue: '', 'onUpdate:modelValue': () => undefined })]
    },
  })
  const wrapper = mount(Form, { global: { plugins: [i18n], stubs: { RouterLink: true } }, attachTo: document.body })
  return { wrapper, faults }
}

it('shows a fault at its row and in the summary, which takes the focus', async () => {
  const { wrapper, faults } = form()
  faults.fail(new Problem({ code: 'invalid_fields', status: 422, fields: [{ path: 'title', code: 'required' }] }))
  await flushPromises()
  const input = wrapper.get('input')
  expect(input.attributes('aria-invalid')).toBe('true')
  expect(document.getElementById(input.attributes('aria-describedby') ?? '')?.textContent).toBe('必填。')
  expect(document.activeElement?.textContent).toContain('名称：必填。')
})

it('leads from the summary to the answer', async () => {
  const { wrapper, faults } = form()
  faults.set([{ path: 'title', code: 'required' }])
  await flushPromises()
  await wrapper.get('[role=alert] button').trigger('click')
  expect(document.activeElement).toBe(wrapper.get('input').element)
})

it('shows a problem that is about no field above the form', async () => {
  const { wrapper, faults } = form()
  faults.fail(new Problem({ code: 'stale_version', status: 412 }))
  await flushPromises()
  expect(wrapper.get('[role=alert]').text()).toContain('已被他人修改')
})
