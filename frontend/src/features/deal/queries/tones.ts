import type { Tone } from '@/ui/display/tone'
import type { Deal } from './deals'

/** What a deal's state asks of the reader. */
export const dealTones: Record<Deal['state'], Tone> = { negotiating: 'active', contracted: 'live', closed: 'neutral' }
