import type { Effect, Name } from "../sql/effect";

// PostgreSQL chooses among all operators and functions of a name in the search path the one whose argument types fit
// best, wherever it is in the path (https://www.postgresql.org/docs/current/typeconv-oper.html). So one that a migration
// makes for built-in types can replace PostgreSQL's own in existing queries.
//
// The names are those of PostgreSQL 17: a test compares them with the server's catalog.

/** What a statement makes that can take the place of a built-in operator, function or cast; undefined if nothing. */
export function shadowedBuiltin(effect: Effect, pathSchemas: string[]): string | undefined {
    const made = madeBy(effect);
    if (made === undefined || !isBuiltinOnly(made.name.args)) {
        return undefined;
    }
    const { object, name } = made;
    if (object === "cast") {
        return `It makes a cast between built-in types (${name.args})`;
    }
    const names = object === "operator" ? operators : functions;
    const inPath = name.schema === undefined || pathSchemas.includes(name.schema);
    return inPath && names.has(name.name)
        ? `It makes ${object === "operator" ? "an" : "a"} ${object === "aggregate" ? "function" : object} ${name.name} for built-in types (${name.args})`
        : undefined;
}

function madeBy(effect: Effect): { object: string; name: Name } | undefined {
    const kinds = ["operator", "function", "aggregate", "cast"];
    if (effect.kind === "create") {
        return kinds.includes(effect.object) ? effect : undefined;
    }
    if (effect.kind !== "rename" || !kinds.includes(effect.object)) {
        return undefined;
    }
    // Another name or schema for the same arguments.
    const { object, name, to, toSchema } = effect;
    return { object, name: { args: name.args, name: to?.name ?? name.name, schema: toSchema ?? name.schema } };
}

/** Whether there are arguments, all of them of types that PostgreSQL itself has. */
function isBuiltinOnly(args: string | undefined): boolean {
    return !!args && args.split(",").every((type) => types.has(type.replace(/(\[\])+$/, "")));
}

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** Without the types of arrays and of tables' rows. */
export const types = words(`
    aclitem any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray
    anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange bit bool box bpchar bytea char cid cidr
    circle cstring date datemultirange daterange event_trigger fdw_handler float4 float8 gtsvector index_am_handler
    inet int2 int2vector int4 int4multirange int4range int8 int8multirange int8range internal interval json jsonb
    jsonpath language_handler line lseg macaddr macaddr8 money name numeric nummultirange numrange oid oidvector
    path pg_brin_bloom_summary pg_brin_minmax_multi_summary pg_ddl_command pg_dependencies pg_lsn pg_mcv_list
    pg_ndistinct pg_node_tree pg_snapshot point polygon record refcursor regclass regcollation regconfig
    regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype table_am_handler text tid
    time timestamp timestamptz timetz trigger tsm_handler tsmultirange tsquery tsrange tstzmultirange tstzrange
    tsvector txid_snapshot unknown uuid varbit varchar void xid xid8 xml`);

export const operators = words(String.raw`
    !! !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < <-> << <<= <<| <=
    <> <@ <^ = > >= >> >>= >^ ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/ |>> || ||/ ~ ~* ~<=~ ~<~ ~=
    ~>=~ ~>~ ~~ ~~*`);

/** Without those that only PostgreSQL calls: of types, operators, indexes and aggregates. */
export const functions = words(`
    abbrev abs acldefault aclexplode acos acosd acosh age amvalidate any_value area array_agg array_dims array_fill
    array_length array_lower array_ndims array_position array_positions array_remove array_replace array_sample
    array_shuffle array_to_json array_to_string array_to_tsvector array_upper ascii asin asind asinh atan atan2
    atan2d atand atanh avg bit bit_and bit_count bit_length bit_or bit_xor bool bool_and bool_or box bpchar
    brin_desummarize_range brin_summarize_new_values brin_summarize_range broadcast btrim cardinality cash_words
    cbrt ceil ceiling center char char_length character_length chr cidr circle col_description concat concat_ws
    convert convert_from convert_to corr cos cosd cosh cot cotd count covar_pop covar_samp cume_dist current_schemas
    current_setting currtid2 currval cursor_to_xml cursor_to_xmlschema database_to_xml database_to_xml_and_xmlschema
    database_to_xmlschema date date_add date_bin date_part date_subtract date_trunc datemultirange daterange
    daterange_canonical daterange_subdiff decode degrees dense_rank dexp diagonal diameter div dlog1 dlog10 dround
    dtrunc encode enum_first enum_in enum_last enum_out enum_range enum_send erf erfc every exp extract factorial
    family first_value float4 float8 floor fmgr_c_validator fmgr_internal_validator fmgr_sql_validator format
    format_type gcd generate_series generate_subscripts get_bit get_byte gin_clean_pending_list
    has_any_column_privilege has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege
    has_function_privilege has_language_privilege has_parameter_privilege has_schema_privilege
    has_sequence_privilege has_server_privilege has_table_privilege has_tablespace_privilege has_type_privilege
    height host hostmask initcap int2 int4 int4inc int4multirange int4range int4range_canonical int4range_subdiff
    int8 int8_sum int8multirange int8range int8range_canonical int8range_subdiff interval is_normalized isclosed
    isempty isfinite ishorizontal isopen isparallel isperp isvertical json_agg json_agg_strict json_array_elements
    json_array_elements_text json_array_length json_build_array json_build_object json_each json_each_text
    json_object json_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict
    json_object_keys json_populate_record json_populate_recordset json_strip_nulls json_to_record json_to_recordset
    json_to_tsvector json_typeof jsonb_agg jsonb_agg_strict jsonb_array_elements jsonb_array_elements_text
    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_insert jsonb_object
    jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict
    jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query
    jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz
    jsonb_path_query_tz jsonb_populate_record jsonb_populate_record_valid jsonb_populate_recordset jsonb_pretty
    jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_to_tsvector jsonb_typeof
    justify_days justify_hours justify_interval lag last_value lcm lead left length like like_escape line ln log
    log10 loread lower lower_inc lower_inf lowrite lpad lseg ltrim macaddr macaddr8 macaddr8_set7bit make_date
    make_interval make_time make_timestamp make_timestamptz makeaclitem masklen max md5 min min_scale mod mode money
    multirange mxid_age name nameconcatoid netmask network nextval normalize notlike npoints nth_value ntile
    num_nonnulls num_nulls numeric numeric_div_trunc numeric_exp numeric_inc numeric_ln numeric_log numeric_sqrt
    nummultirange numnode numrange numrange_subdiff obj_description octet_length oid oidvectortypes overlaps overlay
    parse_ident path pclose percent_rank percentile_cont percentile_disc pg_advisory_lock pg_advisory_lock_shared
    pg_advisory_unlock pg_advisory_unlock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_basetype
    pg_blocking_pids pg_cancel_backend pg_char_to_encoding pg_collation_actual_version pg_collation_for
    pg_collation_is_visible pg_column_compression pg_column_is_updatable pg_column_size pg_column_toast_chunk_id
    pg_conversion_is_visible pg_current_logfile pg_database_collation_actual_version pg_database_size
    pg_describe_object pg_encoding_max_length pg_encoding_to_char pg_extension_config_dump pg_extension_update_paths
    pg_filenode_relation pg_function_is_visible pg_get_constraintdef pg_get_expr pg_get_function_arg_default
    pg_get_function_arguments pg_get_function_identity_arguments pg_get_function_result pg_get_function_sqlbody
    pg_get_functiondef pg_get_indexdef pg_get_multixact_members pg_get_object_address pg_get_partition_constraintdef
    pg_get_partkeydef pg_get_publication_tables pg_get_replica_identity_index pg_get_ruledef pg_get_serial_sequence
    pg_get_statisticsobjdef pg_get_statisticsobjdef_columns pg_get_statisticsobjdef_expressions pg_get_triggerdef
    pg_get_userbyid pg_get_viewdef pg_has_role pg_identify_object pg_identify_object_as_address
    pg_import_system_collations pg_index_column_has_property pg_index_has_property pg_indexam_has_property
    pg_indexam_progress_phasename pg_indexes_size pg_input_error_info pg_input_is_valid pg_is_other_temp_schema
    pg_isolation_test_session_is_blocked pg_log_backend_memory_contexts pg_ls_dir pg_ls_replslotdir pg_ls_tmpdir
    pg_lsn pg_mcv_list_items pg_nextoid pg_notify pg_opclass_is_visible pg_operator_is_visible
    pg_opfamily_is_visible pg_options_to_table pg_partition_ancestors pg_partition_root pg_partition_tree pg_promote
    pg_read_binary_file pg_read_file pg_relation_filenode pg_relation_filepath pg_relation_is_publishable
    pg_relation_is_updatable pg_relation_size pg_safe_snapshot_blocking_pids pg_sequence_last_value
    pg_sequence_parameters pg_settings_get_flags pg_size_bytes pg_size_pretty pg_sleep pg_sleep_for pg_sleep_until
    pg_snapshot_xip pg_snapshot_xmax pg_snapshot_xmin pg_split_walfile_name pg_stat_file pg_stat_have_stats
    pg_stat_reset_replication_slot pg_stat_reset_shared pg_stat_reset_single_function_counters
    pg_stat_reset_single_table_counters pg_stat_reset_slru pg_stat_reset_subscription_stats
    pg_statistics_obj_is_visible pg_table_is_visible pg_table_size pg_tablespace_databases pg_tablespace_location
    pg_tablespace_size pg_terminate_backend pg_total_relation_size pg_try_advisory_lock pg_try_advisory_lock_shared
    pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared pg_ts_config_is_visible pg_ts_dict_is_visible
    pg_ts_parser_is_visible pg_ts_template_is_visible pg_type_is_visible pg_typeof pg_visible_in_snapshot
    pg_wal_lsn_diff pg_wal_summary_contents pg_walfile_name pg_walfile_name_offset pg_xact_commit_timestamp
    pg_xact_commit_timestamp_origin pg_xact_status phraseto_tsquery plainto_tsquery plpgsql_validator point polygon
    popen position postgresql_fdw_validator pow power query_to_xml query_to_xml_and_xmlschema query_to_xmlschema
    querytree quote_ident quote_literal quote_nullable radians radius random random_normal range_agg
    range_intersect_agg range_merge rank regclass regexp_count regexp_instr regexp_like regexp_match regexp_matches
    regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr regr_avgx regr_avgy regr_count
    regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy repeat replace reverse right round
    row_security_active row_to_json rpad rtrim satisfies_hash_partition scale schema_to_xml
    schema_to_xml_and_xmlschema schema_to_xmlschema set_bit set_byte set_config set_masklen setseed setval setweight
    sha224 sha256 sha384 sha512 shell_in shell_out shobj_description sign similar_escape similar_to_escape sin sind
    sinh slope split_part sqrt stddev stddev_pop stddev_samp string_agg string_to_array string_to_table strip strpos
    substr substring sum table_to_xml table_to_xml_and_xmlschema table_to_xmlschema tan tand tanh text textlen time
    timestamp timestamptz timetz timezone to_ascii to_bin to_char to_date to_hex to_json to_jsonb to_number to_oct
    to_regclass to_regcollation to_regnamespace to_regoper to_regoperator to_regproc to_regprocedure to_regrole
    to_regtype to_regtypemod to_timestamp to_tsquery to_tsvector translate trim_array trim_scale trunc tsmultirange
    tsquery_phrase tsrange tsrange_subdiff tstzmultirange tstzrange tstzrange_subdiff tsvector_to_array
    txid_snapshot_xip txid_snapshot_xmax txid_snapshot_xmin txid_status txid_visible_in_snapshot unicode_assigned
    unistr unnest upper upper_inc upper_inf uuid_extract_timestamp uuid_extract_version var_pop var_samp varbit
    varchar variance websearch_to_tsquery width width_bucket xid xml xml_is_well_formed xml_is_well_formed_content
    xml_is_well_formed_document xmlagg xmlcomment xmlexists xmltext xmlvalidate xpath xpath_exists`);
