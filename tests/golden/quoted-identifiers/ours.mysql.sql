DROP TABLE IF EXISTS `Our Ledger`;
CREATE TABLE `Our Ledger` (`order` varchar(10), `value date` date, `Amount` integer, `a"b` varchar(5));
INSERT INTO `Our Ledger` VALUES ('o1', '2026-01-01', 5, 'x'), ('o2', '2026-01-02', 6, 'x');
