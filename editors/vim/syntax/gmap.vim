" Vim syntax file. Written by `npm run docs` from the lists of words in the code. Changes made here are lost.
" Language: scenarios of Gmap Debugger (.gmap)

if exists('b:current_syntax')
  finish
endif

syn case match
syn iskeyword @,48-57,_

syn keyword gmapWord alloc always at broken by clear deadlock depth eventually file from invariant key kicks ksm least
syn keyword gmapWord len limit lock mc most mr never no not nothing notification notifications notified nq of off on once
syn keyword gmapWord pct prefix random region1 region2 region3 round_robin seed segment set since steps then time times
syn keyword gmapWord to vcpus with without written
syn keyword gmapValue absent active after alloc_pgste anon_vma attach before clean cpulocal dirty dontneed empty esop
syn keyword gmapValue gmap_lock gmap_notifier_lock guest_table_lock idte invalid linked locked migrating mmap_sem none old
syn keyword gmapValue page page_table_lock pcl present private protected ptl rcu ro rw shared special stable swapped tlblc
syn keyword gmapValue unlinked unlocked unused valid writable young zero
syn keyword gmapFunction __gmap_link __gmap_translate __gmap_unlink_by_vmaddr __gmap_unmap_by_gaddr __gmap_zap
syn keyword gmapFunction cond_set_guest_storage_key fixup_user_fault get_guest_storage_key get_locked_pte gmap_alloc
syn keyword gmapFunction gmap_alloc_table gmap_call_notifier gmap_discard gmap_fault gmap_flush_tlb gmap_free
syn keyword gmapFunction gmap_ipte_notify gmap_map_segment gmap_mprotect_notify gmap_pte_op_end gmap_pte_op_fixup
syn keyword gmapFunction gmap_pte_op_walk gmap_register_ipte_notifier gmap_register_pte_notifier gmap_table_walk
syn keyword gmapFunction gmap_translate gmap_unlink gmap_unmap_segment gmap_unregister_ipte_notifier
syn keyword gmapFunction gmap_unregister_pte_notifier handle_mm_fault kvm_gmap_notifier kvm_s390_handle_requests
syn keyword gmapFunction pgste_ipte_notify pgste_pte_notify ptep_flush_direct ptep_flush_lazy ptep_force_prot
syn keyword gmapFunction ptep_modify_prot_commit ptep_modify_prot_start ptep_notify ptep_set_notify ptep_set_pte_at
syn keyword gmapFunction ptep_xchg_direct ptep_xchg_lazy ptep_zap_key ptep_zap_unused reset_guest_reference_bit
syn keyword gmapFunction s390_enable_sie s390_enable_skey s390_reset_cmma set_guest_storage_key test_and_clear_guest_dirty
syn keyword gmapFunction vcpu_pre_run zap_page_range
syn keyword gmapConstant BUG EAGAIN EEXIST EFAULT EINVAL ENOENT ENOMEM NA PAGE_MASK PAGE_SIZE PGSTE_ACC_BITS PGSTE_FP_BIT
syn keyword gmapConstant PGSTE_GC_BIT PGSTE_GR_BIT PGSTE_HC_BIT PGSTE_HR_BIT PGSTE_IN_BIT PGSTE_PCL_BIT PGSTE_UC_BIT PMD_SIZE
syn keyword gmapConstant PROT_EXEC PROT_NONE PROT_READ PROT_WRITE _ASCE_ORIGIN _ASCE_TABLE_LENGTH _ASCE_TYPE_MASK
syn keyword gmapConstant _ASCE_USER_BITS _PAGE_DIRTY _PAGE_INVALID _PAGE_LARGE _PAGE_PRESENT _PAGE_PROTECT _PAGE_READ
syn keyword gmapConstant _PAGE_SPECIAL _PAGE_UNUSED _PAGE_WRITE _PAGE_YOUNG _PGSTE_GPS_USAGE_MASK _PGSTE_GPS_ZERO
syn keyword gmapConstant _REGION_ENTRY_INVALID _REGION_ENTRY_LENGTH _REGION_ENTRY_ORIGIN _REGION_ENTRY_PROTECT
syn keyword gmapConstant _REGION_ENTRY_TYPE_MASK _SEGMENT_ENTRY_INVALID _SEGMENT_ENTRY_ORIGIN _SEGMENT_ENTRY_PROTECT
syn keyword gmapConstant _SEGMENT_ENTRY_TYPE absent false rc true

syn match gmapWord /\<\%(scenario\|generation\|machine\|host\|guest\|gmap\|free\|enable\|disable\|map\|unmap\|translate\|fault\|zap\|discard\|mprotect_notify\|ipte_notify\|notifier\|unregister\|inject\|down_read\|down_write\|up_read\|up_write\|let\|repeat\|thread\|vcpu\|enter\|leave\|set_prefix\|schedule\|mark\|print\|expect\|mmap\|munmap\|mprotect\|madvise\|read\|write\|reclaim\|migrate\|migrate_start\|migrate_end\|wrprotect\|mkclean\|age\|essa\|enable_sie\|enable_skey\|reset_cmma\|set_key\|cond_set_key\|get_key\|rrbe\|test_and_clear_dirty\|exit\|pte\|pgste\|entry\|visits\|calls\|word\|held\)\>/
syn match gmapFunction /\<\%(pte\|pgste\|entry\|translate\|visits\|calls\|word\|held\)\ze(/
syn match gmapStatement /\%(^\|{\)\s*\zs\%(scenario\|generation\|machine\|host\|guest\|gmap\|free\|enable\|disable\|map\|unmap\|translate\|fault\|zap\|discard\|mprotect_notify\|ipte_notify\|notifier\|unregister\|inject\|down_read\|down_write\|up_read\|up_write\|let\|repeat\|thread\|vcpu\|enter\|leave\|set_prefix\|schedule\|mark\|print\|expect\)\>/
syn match gmapAction /\%(\<host\s\+\)\@<=\%(mmap\|munmap\|mprotect\|madvise\|read\|write\|reclaim\|migrate\|migrate_start\|migrate_end\|wrprotect\|mkclean\|age\|essa\|enable_sie\|enable_skey\|reset_cmma\|set_key\|cond_set_key\|get_key\|rrbe\|test_and_clear_dirty\|exit\)\>/
syn match gmapAction /\%(\<guest\s\+\)\@<=\%(read\|write\)\>/
syn match gmapFunction /\<walk:\w\+/
syn match gmapOperator /->/
syn match gmapNumber /\<0[xX]\x\+\%(_\x\+\)*[KMGTP]\=\>/
syn match gmapNumber /\<\d\+\%(_\d\+\)*[KMGTP]\=\>/
syn region gmapString start=/"/ skip=/\\./ end=/"/ oneline
syn match gmapHeading /^\s*---.*$/
syn match gmapComment /#.*$/ contains=@Spell

hi def link gmapStatement Statement
hi def link gmapAction Function
hi def link gmapWord Keyword
hi def link gmapValue Type
hi def link gmapFunction Identifier
hi def link gmapConstant Constant
hi def link gmapOperator Operator
hi def link gmapNumber Number
hi def link gmapString String
hi def link gmapHeading Title
hi def link gmapComment Comment

let b:current_syntax = 'gmap'
