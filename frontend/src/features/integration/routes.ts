import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/organisation/tokens', component: () => import('./pages/TokensPage.vue'), meta: { work: true, title: 'integration.token.title' } },
  { path: '/organisation/webhooks', component: () => import('./pages/WebhooksPage.vue'), meta: { work: true, title: 'integration.webhook.title' } },
  { path: '/organisation/webhooks/:id', component: () => import('./pages/WebhookPage.vue'), meta: { work: true, title: 'integration.webhook.title' } },
  { path: '/api-reference', component: () => import('./pages/ReferencePage.vue'), meta: { title: 'integration.reference.title' } },
]

export default routes
