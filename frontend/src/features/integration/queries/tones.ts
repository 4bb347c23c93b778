import type { Tone } from '@/ui/display/tone'
import type { Delivery, Webhook } from './integration'

export const webhookTones: Record<Webhook['state'], Tone> = { active: 'live', paused: 'waiting', disabled: 'stopped' }
export const deliveryTones: Record<Delivery['state'], Tone> = { pending: 'waiting', delivered: 'live', failed: 'stopped' }
