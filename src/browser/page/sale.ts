import type { Screening } from './api-types.js';
import { momentWords } from './words.js';

/** Whether a screening's seats can be had. */
export type Sale =
  | { readonly kind: 'open' }
  | { readonly kind: 'not-open'; readonly opensAt: string }
  | { readonly kind: 'closed' }
  | { readonly kind: 'cancelled' };

export function saleAt(
  { cancelled, sales_open_at: opensAt, sales_close_at: closesAt }: Screening,
  nowMs: number,
): Sale {
  if (cancelled) return { kind: 'cancelled' };
  if (opensAt !== null && nowMs < Date.parse(opensAt)) return { kind: 'not-open', opensAt };
  return closesAt !== null && nowMs >= Date.parse(closesAt) ? { kind: 'closed' } : { kind: 'open' };
}

export const isSameSale = (one: Sale, other: Sale): boolean => JSON.stringify(one) === JSON.stringify(other);

export type NoSale = Exclude<Sale, { kind: 'open' }>;

const titles: Readonly<Record<NoSale['kind'], string>> = {
  'not-open': 'Not on sale yet',
  closed: 'Sales closed',
  cancelled: 'Cancelled',
};

/** In two or three words. */
export const noSaleTitle = ({ kind }: NoSale): string => titles[kind];

/** As a sentence. */
export function noSaleHint(sale: NoSale): string {
  switch (sale.kind) {
    case 'not-open':
      return `Sales open ${momentWords(sale.opensAt)}.`;
    case 'closed':
      return 'Seats for this screening are no longer sold.';
    case 'cancelled':
      return 'This screening does not take place.';
  }
}
