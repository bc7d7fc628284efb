/**
 * The anchors of steps whose text does not name the function that they call. Facts about the kernel's code, each as
 * short as it can be: who is called, which constant is used. anchor.ts says what the forms mean.
 */
import { END, type FunctionAnchors } from './anchor.js';

const LOCK = 'pgste_get_lock(';
const UNLOCK = 'pgste_set_unlock(';
const UNMAP = 'pte_unmap_unlock(';
const FAILED = 'return -EFAULT';

/** The two halves of an exchange are inline functions. */
const exchange = (flush: string): FunctionAnchors => ({
  steps: {
    lock: { in: 'ptep_xchg_start', at: LOCK },
    notify: { in: 'ptep_xchg_start', at: 'pgste_pte_notify(' },
    flush,
    keyIn: { in: 'ptep_xchg_commit', at: 'pgste_set_key(' },
    keyOut: { in: 'ptep_xchg_commit', at: 'pgste_update_all(' },
    unlock: { in: 'ptep_xchg_commit', at: UNLOCK },
    done: 'return',
  },
});

const gmap: Record<string, FunctionAnchors> = {
  gmap_alloc: {
    steps: {
      struct: 'kzalloc(',
      table: 'alloc_pages(',
      undo: { first: 'kfree(' },
      lock: 'spin_lock(gmap_lock',
      unlock: 'spin_unlock(gmap_lock',
      done: 'return gmap',
    },
  },
  gmap_flush_tlb: { steps: { flush: 'MACHINE_HAS_IDTE', done: END } },
  gmap_free: {
    steps: {
      flush: 'MACHINE_HAS_IDTE',
      lock: 'spin_lock(gmap_lock',
      unlock: 'spin_unlock(gmap_lock',
      table: '__free_pages(',
      g2h: 'gmap_radix_tree_free(guest_to_host',
      h2g: 'gmap_radix_tree_free(host_to_guest',
      struct: 'kfree(',
      done: END,
    },
  },
  gmap_alloc_table: {
    steps: {
      alloc: 'alloc_pages(',
      nomem: 'return -ENOMEM',
      lock: 'spin_lock(page_table_lock',
      unlock: 'spin_unlock(page_table_lock',
      loser: '__free_pages(',
      done: 'return 0',
    },
  },
  __gmap_unlink_by_vmaddr: {
    steps: {
      lock: 'spin_lock(guest_table_lock',
      delete: 'radix_tree_delete(host_to_guest',
      unlock: 'spin_unlock(guest_table_lock',
      done: 'return',
    },
  },
  __gmap_unmap_by_gaddr: { steps: { delete: 'radix_tree_delete(guest_to_host', done: { with: 'unlink' } } },
  gmap_unmap_segment: {
    steps: { invalid: 'return -EINVAL', down: 'down_write(mmap_sem', up: 'up_write(mmap_sem', done: 'return 0' },
  },
  gmap_map_segment: {
    steps: {
      invalid: 'return -EINVAL',
      down: 'down_write(mmap_sem',
      alloc: { with: 'insert' },
      insert: 'radix_tree_insert(guest_to_host',
      up: 'up_write(mmap_sem',
      done: 'return 0',
      nomem: 'return -ENOMEM',
    },
  },
  __gmap_translate: { steps: { lookup: 'radix_tree_lookup(guest_to_host', done: 'return' } },
  gmap_translate: { steps: { down: 'down_read(mmap_sem', up: 'up_read(mmap_sem', done: 'return' } },
  gmap_unlink: { steps: { rcu: 'rcu_read_lock(', rcuEnd: 'rcu_read_unlock(', done: END } },
  __gmap_link: {
    steps: {
      r1: '_REGION_ENTRY_INVALID',
      r2: '_REGION_ENTRY_INVALID',
      r3: '_REGION_ENTRY_INVALID',
      nomem: 'return -ENOMEM',
      sg: 'table +=',
      preload: 'radix_tree_preload(',
      preloadFailed: 'return rc',
      lock: 'pmd_lock(',
      gtl: 'spin_lock(guest_table_lock',
      insert: 'radix_tree_insert(host_to_guest',
      gtlEnd: 'spin_unlock(guest_table_lock',
      unlock: 'spin_unlock(ptl',
      done: 'return rc',
    },
  },
  gmap_fault: { steps: { down: 'down_read(mmap_sem', retry: 'goto retry', up: 'up_read(mmap_sem', done: 'return' } },
  __gmap_zap: { steps: { lookup: 'radix_tree_lookup(guest_to_host', unlock: UNMAP, done: END } },
  gmap_discard: {
    steps: {
      down: 'down_read(mmap_sem',
      lookup: 'radix_tree_lookup(guest_to_host',
      skip: 'continue',
      up: 'up_read(mmap_sem',
      done: END,
    },
  },
  gmap_register_pte_notifier: {
    steps: { lock: 'spin_lock(gmap_notifier_lock', unlock: 'spin_unlock(gmap_notifier_lock', done: END },
  },
  gmap_unregister_pte_notifier: {
    steps: { lock: 'spin_lock(gmap_notifier_lock', unlock: 'spin_unlock(gmap_notifier_lock', done: END },
  },
  gmap_call_notifier: { steps: { each: 'notifier_call(', done: END } },
  ptep_notify: {
    steps: {
      rcu: 'rcu_read_lock(',
      lock: 'spin_lock(guest_table_lock',
      lookup: 'radix_tree_lookup(host_to_guest',
      unlock: 'spin_unlock(guest_table_lock',
      rcuEnd: 'rcu_read_unlock(',
      done: END,
    },
  },
  gmap_table_walk: {
    steps: {
      r1: '_REGION_ENTRY_INVALID',
      r2: '_REGION_ENTRY_INVALID',
      r3: '_REGION_ENTRY_INVALID',
      sg: 'table +=',
      gone: { first: 'return NULL' },
      done: 'return table',
    },
  },
  gmap_pte_op_walk: {
    steps: { gone: 'return NULL', page: 'pte_alloc_map_lock(', lock: { with: 'page' }, done: { with: 'page' } },
  },
  gmap_pte_op_fixup: { steps: { failed: FAILED, unlocked: 'return 0', done: { with: 'link' } } },
  gmap_pte_op_end: { steps: { unlock: 'spin_unlock(ptl', done: END } },
  gmap_mprotect_notify: {
    steps: {
      invalid: 'return -EINVAL',
      down: 'down_read(mmap_sem',
      again: 'continue',
      next: 'PAGE_SIZE',
      up: 'up_read(mmap_sem',
      done: 'return',
    },
    // Released kernels, from v4.8 on, share the loop with the shadows of nested guests.
    moved: {
      walk: { in: 'gmap_protect_range', at: 'gmap_pte_op_walk(' },
      force: { in: 'gmap_protect_range', at: 'ptep_force_prot(' },
      end: { in: 'gmap_protect_range', at: 'gmap_pte_op_end(' },
      translate: { in: 'gmap_protect_range', at: '__gmap_translate(' },
      fixup: { in: 'gmap_protect_range', at: 'gmap_pte_op_fixup(' },
      again: { in: 'gmap_protect_range', at: 'continue' },
      next: { in: 'gmap_protect_range', at: 'PAGE_SIZE' },
    },
  },
  gmap_ipte_notify: {
    steps: {
      invalid: 'return -EINVAL',
      down: 'down_read(mmap_sem',
      again: 'continue',
      next: 'PAGE_SIZE',
      unlock: UNMAP,
      up: 'up_read(mmap_sem',
      done: 'return',
    },
  },
  s390_enable_sie: {
    steps: {
      already: 'return 0',
      refused: 'return -EINVAL',
      down: 'down_write(mmap_sem',
      up: 'up_write(mmap_sem',
      done: 'return 0',
    },
  },
  s390_enable_skey: {
    steps: {
      down: 'down_write(mmap_sem',
      zero: { in: '__s390_enable_skey', at: 'ptep_xchg_direct(' },
      key: { in: '__s390_enable_skey', at: 'ptep_zap_key(' },
      up: 'up_write(mmap_sem',
      done: 'return',
    },
  },
  s390_reset_cmma: {
    steps: {
      down: 'down_write(mmap_sem',
      zap: { in: '__s390_reset_cmma', at: 'ptep_zap_unused(' },
      up: 'up_write(mmap_sem',
      done: END,
    },
  },
};

const pgtable: Record<string, FunctionAnchors> = {
  ptep_flush_direct: { steps: { ipte: 'MACHINE_HAS_TLB_LC', done: 'return' } },
  ptep_flush_lazy: { steps: { invalidate: 'flush_mm', done: 'return' } },
  pgste_pte_notify: { steps: { done: 'return' } },
  ptep_xchg_direct: exchange('ptep_flush_direct('),
  ptep_xchg_lazy: exchange('ptep_flush_lazy('),
  ptep_modify_prot_start: {
    steps: {
      lock: { in: 'ptep_xchg_start', at: LOCK },
      notify: { in: 'ptep_xchg_start', at: 'pgste_pte_notify(' },
      keyOut: 'pgste_update_all(',
      done: 'return',
    },
  },
  ptep_modify_prot_commit: { steps: { keyIn: 'pgste_set_key(', unlock: UNLOCK, done: END } },
  ptep_set_pte_at: { steps: { lock: LOCK, keyIn: 'pgste_set_key(', unlock: UNLOCK, done: END } },
  ptep_set_notify: { steps: { lock: LOCK, unlock: UNLOCK, done: END } },
  ptep_force_prot: {
    steps: {
      lock: LOCK,
      read: 'entry =',
      again: UNLOCK,
      retryable: 'return -EAGAIN',
      noneKey: 'pgste_update_all(',
      unlock: UNLOCK,
      done: 'return 0',
    },
  },
  ptep_zap_unused: { steps: { lock: LOCK, zap: 'ptep_zap_swap_entry(', unlock: UNLOCK, done: END } },
  ptep_zap_key: { steps: { lock: LOCK, frame: 'page_set_storage_key(', unlock: UNLOCK, done: END } },
  test_and_clear_guest_dirty: {
    steps: { lock: LOCK, ipte: '__ptep_ipte(', unlock: UNLOCK, unmap: 'spin_unlock(ptl', done: 'return' },
  },
  set_guest_storage_key: {
    steps: {
      fail: FAILED,
      lock: LOCK,
      read: 'page_get_storage_key(',
      write: 'page_set_storage_key(',
      unlock: UNLOCK,
      unmap: UNMAP,
      done: 'return 0',
    },
  },
  get_guest_storage_key: {
    steps: {
      fail: FAILED,
      lock: LOCK,
      read: 'page_get_storage_key(',
      unlock: UNLOCK,
      unmap: UNMAP,
      done: 'return 0',
    },
  },
  cond_set_guest_storage_key: { steps: { fail: 'return rc', same: 'return 0', done: 'return' } },
  reset_guest_reference_bit: {
    steps: {
      fail: FAILED,
      lock: LOCK,
      frame: 'page_reset_referenced(',
      unlock: UNLOCK,
      unmap: UNMAP,
      done: 'return',
    },
  },
};

const kvm: Record<string, FunctionAnchors> = {
  kvm_s390_handle_requests: {
    steps: {
      handled: 'kvm_s390_vcpu_request_handled(',
      take: 'kvm_check_request(',
      failed: 'kvm_make_request(',
      again: 'goto retry',
      done: 'return 0',
    },
  },
  // The caller enters SIE.
  vcpu_pre_run: { steps: { enter: { in: '__vcpu_run', at: 'sie64a(' }, again: { with: 'enter' }, done: 'return 0' } },
  kvm_gmap_notifier: {
    steps: {
      each: 'kvm_s390_get_prefix(',
      request: 'kvm_s390_sync_request(',
      kick: { in: 'kvm_s390_vcpu_request', at: 'exit_sie(' },
      done: END,
    },
  },
};

/** The host's memory management is a model of its own shape: its steps stand in many functions of the kernel. */
const mm: Record<string, FunctionAnchors> = {
  get_locked_pte: {
    named: '__get_locked_pte',
    steps: {
      alloc: 'pud_alloc(',
      enter: { with: 'alloc' },
      unlock: { with: 'alloc' },
      loser: { with: 'alloc' },
      nomem: { first: 'return NULL' },
      lock: 'pte_alloc_map_lock(',
      done: { with: 'lock' },
    },
  },
  fixup_user_fault: {
    steps: { vma: 'find_extend_vma(', down: 'down_read(mmap_sem', retry: 'goto retry', done: 'return 0' },
  },
  zap_page_range: {
    steps: {
      lock: { in: 'zap_pte_range', at: 'pte_offset_map_lock(' },
      clear: { in: 'zap_pte_range', at: 'ptep_get_and_clear_full(' },
      free: { in: 'zap_pte_range', at: 'free_swap_and_cache(' },
      unlock: { in: 'zap_pte_range', at: UNMAP },
      flush: 'tlb_finish_mmu(',
      done: END,
    },
  },
  handle_mm_fault: {
    steps: {
      // What a scenario injects happens somewhere below.
      sigbus: '__handle_mm_fault(',
      lose: { with: 'sigbus' },
      window: { with: 'sigbus' },
      alloc: { in: '__handle_mm_fault', at: 'pud_alloc(' },
      enter: { with: 'alloc' },
      unlock: { with: 'alloc' },
      loser: { with: 'alloc' },
      entry: { in: 'handle_pte_fault', at: 'entry =' },
      zeroLock: { in: 'do_anonymous_page', at: 'pte_offset_map_lock(' },
      zero: { in: 'do_anonymous_page', first: 'set_pte_at(' },
      page: { in: 'do_anonymous_page', at: 'alloc_zeroed_user_highpage_movable(' },
      lock: { in: 'do_anonymous_page', at: 'pte_offset_map_lock(' },
      swap: { in: 'do_swap_page', at: 'swap_free(' },
      fill: { in: 'do_anonymous_page', at: 'set_pte_at(' },
      wait: { in: 'do_swap_page', first: 'migration_entry_wait(' },
      // Another thread does these.
      rmap: { with: 'wait' },
      movePage: { with: 'wait' },
      moveLock: { with: 'wait' },
      move: { with: 'wait' },
      moveUnlock: { with: 'wait' },
      rmapEnd: { with: 'wait' },
      writeLock: { in: 'handle_pte_fault', at: 'spin_lock(' },
      reuse: { in: 'wp_page_reuse', at: 'ptep_set_access_flags(' },
      copyUnlock: { in: 'do_wp_page', at: UNMAP },
      copyPage: { in: 'wp_page_copy', at: 'alloc_page_vma(' },
      copyLock: { in: 'wp_page_copy', at: 'pte_offset_map_lock(' },
      copyClear: { in: 'wp_page_copy', at: 'ptep_clear_flush_notify(' },
      copy: { in: 'wp_page_copy', at: 'set_pte_at_notify(' },
      flagsLock: { with: 'writeLock' },
      flags: { in: 'handle_pte_fault', at: 'ptep_set_access_flags(' },
      unlockPte: { in: 'handle_pte_fault', at: UNMAP },
      raced: { in: 'handle_pte_fault', first: 'goto unlock' },
      result: { with: 'done' },
      done: 'return',
    },
  },
};

export const ANCHORS: Readonly<Record<string, FunctionAnchors>> = { ...gmap, ...pgtable, ...kvm, ...mm };
