import type { FieldToWrite } from '@sectile/core/tiff';

/** What a sample says of itself: title, description, 300 pixels an inch. */
export function titleFields(title: string, description: string): readonly FieldToWrite[] {
  return [
    { tag: 269, type: 'ascii', text: title },
    { tag: 270, type: 'ascii', text: description },
    { tag: 282, type: 'rational', values: [300] },
    { tag: 283, type: 'rational', values: [300] },
    { tag: 296, type: 'short', values: [2] },
    { tag: 305, type: 'ascii', text: 'Sectile' },
  ];
}
