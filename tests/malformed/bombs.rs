//! The products of reading a bomb, counted: never more octets, nodes, flaws and messages than the limits say.

use samlight::base::limits::{LIMITS, MESSAGES_PER_REQUEST};
use samlight_tests::bombs;

#[test]
fn a_bomb_never_gives_more_than_the_limits() {
    // Input that is not compressed gives no more than was sent.
    let octets_max = LIMITS.inflated_bytes.max(LIMITS.parameter_bytes);
    for bomb in bombs::all().unwrap() {
        let messages = bomb.read();
        assert!(!messages.is_empty() && messages.len() <= MESSAGES_PER_REQUEST, "{}", bomb.name);
        let flaws: usize = messages.iter().map(|carried| carried.flaws.len()).sum();
        for carried in &messages {
            let octets = carried.octets().map_or(0, |octets| octets.expose().len());
            let nodes = carried.document.as_ref().map_or(0, |document| document.node_count());
            let source = carried.document.as_ref().map_or(0, |document| document.source().len());
            println!("{}: {octets} octets, {nodes} nodes, {} flaws", bomb.name, carried.flaws.len());
            assert!(octets <= octets_max, "{}: {octets} octets", bomb.name);
            assert!(nodes <= LIMITS.xml_nodes, "{}: {nodes} nodes", bomb.name);
            assert!(carried.flaws.len() <= LIMITS.flaws, "{}: {} flaws", bomb.name, carried.flaws.len());
            // The text that was read is no longer than what was sent: no entity was resolved. U+FFFD is three
            // octets for one.
            assert!(source <= 3 * octets, "{}: {source} octets of text", bomb.name);
            let name_id = carried.message.as_ref().and_then(|message| message.name_id());
            assert!(name_id.is_none_or(|name_id| name_id.value.len() <= octets), "{}", bomb.name);
        }
        // All but honest ones of great size are said to be cut or malformed.
        let honest = ["attributes: 20,000 ", "namespaces:", "References:"];
        if !honest.iter().any(|start| bomb.name.starts_with(start)) {
            assert!(flaws > 0, "{} is read without a flaw", bomb.name);
        }
    }
}
