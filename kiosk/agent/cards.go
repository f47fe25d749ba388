package main

import (
	"anju/kiosk/device"
	"anju/server/civic"
)

// drawer holds invented people, for trying a kiosk's page against an emulated reader.
var drawer = []device.NamedCard{
	{Name: "resident", Card: device.Card{Kind: device.Resident, Name: "欧阳昝", Sex: civic.Male, Ethnic: "01",
		Born: civic.MustDate("1976-11-05"), Address: "河南省郑州市中原区示例路1号", Number: "410102197611050039",
		Authority: "郑州市公安局中原分局", From: civic.MustDate("2020-01-01")}},
	{Name: "hkmt", Card: device.Card{Kind: device.HKMT, Name: "陈示例", Sex: civic.Male,
		Born: civic.MustDate("1985-06-12"), Address: "福建省漳州市芗城区示例街2号", Number: "810000198506120032",
		Authority: "漳州市公安局", Pass: "H00000000", Issues: "01", From: civic.MustDate("2023-05-01"),
		To: civic.MustDate("2028-04-30")}},
	{Name: "foreigner", Card: device.Card{Kind: device.Foreigner, Name: "马丁", Latin: "MARTIN, ALEX", Sex: civic.Male,
		Born: civic.MustDate("1988-02-14"), Number: "FRA350088021401", Country: "FRA", Authority: "1500",
		From: civic.MustDate("2019-03-01"), To: civic.MustDate("2029-02-28")}},
}
