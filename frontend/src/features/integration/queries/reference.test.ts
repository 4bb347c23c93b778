import { describe, expect, it } from 'vitest'
import { operationsOf } from './reference'

describe('the operations of a contract', () => {
  it('have their parameters, scopes and answers with references resolved', () => {
    const [one] = operationsOf({
      info: {},
      paths: {
        '/needs/{id}': {
          parameters: [{ $ref: '#/components/parameters/Id', name: '', in: '' }],
          get: { operationId: 'getNeed', tags: ['catalogue'], 'x-token-scopes': ['needs:read'], security: [{}, { session: [] }], responses: { default: { $ref: '#/components/responses/Problem' } } },
        },
      },
      components: { parameters: { Id: { name: 'id', in: 'path', required: true } }, responses: { Problem: { description: 'A problem' } } },
    })
    expect(one).toMatchObject({
      id: 'getNeed', method: 'GET', path: '/needs/{id}', tag: 'catalogue', scopes: ['needs:read'], open: true,
      parameters: [{ name: 'id', in: 'path', required: true }], answers: [{ status: 'default', text: 'A problem' }],
    })
  })
})
