/**
 * What `core.js` takes from the core, without a core: each part answers that there is nothing. A test
 * replaces what it looks at.
 */
export default async () => {};
export const __wbg_reset_state = () => {};
export const speak = () => {};
export const settings_event = () => JSON.stringify({ id: "0", event: null });
export const store_header = () => "{}";
export const unknown_version = () => undefined;

export class Worker {
  take_up() {}
  replay() { return "[]"; }
  must_read() { return false; }
  take_counted() {}
  counted_badge() {}
  imported(events) { return JSON.stringify({ events: JSON.parse(events), isLate: false }); }
  take_imported() {}
  with_instance() { return "[]"; }
  without_instance() { return JSON.stringify({ instances: [], events: [], dropped: null }); }
  is_full() { return false; }
  evict() { return JSON.stringify({ events: [], dropped: null }); }
  private_events() { return "[]"; }
  resume_check() {}
  take_cursor() {}
  take_order() { return false; }
  is_checking() { return false; }
  checks_privately() { return false; }
  forget_private_check() { return false; }
  notice() { return "{}"; }
  free() {}
}
