/** Numbers and records as people read them. */
import type { ImageRecord } from '../model.ts';
import type { Summary } from '../pipeline/events.ts';
import { bytesText } from '../report/text.ts';

export { bytesText };

/** Seconds → `12 s`, `3 min`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  if (seconds < 59.5) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

/** `photo.jpg was downloaded (1.2 MB, 4000×3000)`, and its like for the other ends. */
export function recordText(record: ImageRecord): string {
  const details = [
    record.bytes !== undefined && bytesText(record.bytes),
    record.width !== undefined && `${record.width}×${record.height}`,
  ].filter(Boolean);
  const size = details.length > 0 ? ` (${details.join(', ')})` : '';
  switch (record.status) {
    case 'saved':
      return `${record.file} was downloaded${size}`;
    case 'unchanged':
      return `${record.file ?? record.url} is unchanged`;
    case 'duplicate': {
      const how = record.distance ? `, ${record.distance} bits apart` : '';
      return `${record.url} is a duplicate of ${record.duplicateOf}${how}`;
    }
    case 'filtered':
      return `${record.url} was left out: ${record.error?.message ?? 'filtered'}`;
    case 'failed':
      return `${record.url} failed: ${reason(record)} [${record.error?.code}]`;
  }
}

/** The message without the address, which stands before it already. */
function reason({ url, error }: ImageRecord): string {
  const message = error?.message ?? '';
  const rest = message.startsWith(`${url} `) ? message.slice(url.length + 1) : message;
  return rest.replace(/^failed: /, '');
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `12 images: 9 saved, 2 duplicates, 1 failed; 4.2 MB`. */
export function summaryText(summary: Summary): string {
  const counts = [
    `${summary.saved} saved`,
    summary.unchanged > 0 && `${summary.unchanged} unchanged`,
    summary.duplicates > 0 && plural(summary.duplicates, 'duplicate'),
    summary.filtered > 0 && `${summary.filtered} left out`,
    summary.failed > 0 && `${summary.failed} failed`,
  ].filter(Boolean);
  return `${plural(summary.images, 'image')}: ${counts.join(', ')}; ${bytesText(summary.bytes)}`;
}
