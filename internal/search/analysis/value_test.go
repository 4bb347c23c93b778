package analysis_test

import (
	"testing"

	"chengqiao/internal/search/analysis"
)

func TestAValueIsFoundInAllItsWritings(t *testing.T) {
	a := analysis.New(nil)
	for _, same := range [][]string{
		{"10kW", "10 kW", "10-kW", "10\u00a0KW", "１０ｋＷ", "10㎾", "10千瓦"},
		{"1.5MPa", "1.5 MPa", "1.5兆帕"},
		{"20kWh", "20 kWh", "20千瓦时"},
		{"40℃", "40 ℃", "40°C", "-40 °C", "40 degrees C", "40 deg. C", "40 Degrees Celsius", "40 degrees centigrade", "40摄氏度"},
		{"5μm", "5 um", "5 µm", "5 微米"},
		{"100m3", "100 m³", "100m^3", "100㎥", "100 m^3", "100立方米"},
		{"20平方公里", "20km²", "20 km2"},
		{"50公斤", "50千克", "50 kg", "50kg"},
		{"100亩", "100 mu", "100畝"},
		{"24小时", "24 h", "24h", "24 hours", "24-hour"},
		{"60公里/小时", "60 km/h", "60km/h", "60千米每小时", "60公里/时", "60 kph", "60 kmh"},
		{"300吨/天", "300 t/d", "300吨/日"},
		{"250 Wh/kg", "250瓦时/公斤", "250 Wh/千克"},
		{"5 mg/L", "5毫克/升", "5 毫克每升"},
		{"Cs-137", "137Cs", "¹³⁷Cs", "137-Cs", "Cs137", "铯-137", "铯137", "銫 137", "caesium-137", "cesium 137"},
		{"CN112345678A", "CN 112345678 A", "CN112345678", "cn112345678a", "CN112345678.A"},
		{"2023SR0456123", "2023 SR 0456123", "2023SR 0456123", "２０２３ＳＲ０４５６１２３"},
		{"99mTc", "Tc-99m", "锝-99m", "technetium-99m"},
		{"C-14", "14C", "碳14", "carbon-14"},
		{"ZL201910123456.7", "201910123456.7", "ZL2019101234567", "201910123456", "CN201910123456.7", "ZL 2019 1 0123456.7", "zl201910123456x"},
	} {
		for _, query := range same {
			for _, text := range same {
				if !finds(a, query, "采用"+text+"的装置") {
					t.Errorf("%q does not find %q", query, text)
				}
			}
		}
	}
	for _, c := range [][2]string{
		{"10kW", "100 kW"}, {"10kW", "10 kWh"}, {"10 kW", "10 台 kW"}, {"5MPa", "1.5MPa"}, {"1.5 MPa", "1 MPa, 5 MPa"},
		{"5C", "5 °C"}, {"40℃", "40 c"}, {"40℃", "40 degrees from C"}, {"40℃", "40 degrees Fahrenheit"}, {"5G", "5 g"}, {"100m3", "100 m"}, {"100 m2", "100 m3"},
		{"60公里/小时", "60公里，每小时"}, {"60 km/h", "60 km/s"}, {"60 km/h", "60 km"}, {"60 km", "60 km/h"}, {"3天", "3d"},
		{"CN112345678A", "CN112345679A"}, {"2023SR0456123", "2022SR0456123"}, {"Cs-137", "Cs-134"}, {"Cs-137", "137 cs"}, {"Fe-56", "铁 5.6"}, {"Mg-24", "24 mg"}, {"Mg-24", "24mg"}, {"24mg", "Mg-24"}, {"C-18", "18C"}, {"Fe-20", "20Fe"}, {"In-115", "in 115 patients"}, {"ZL201910123456.7", "ZL201910123457.5"}, {"ZL201910123456.7", "比值 94.7"}, {"2015 2016 2017", "201520162017"},
	} {
		if finds(a, c[0], c[1]) {
			t.Errorf("%q finds %q", c[0], c[1])
		}
	}
}

func TestAValueIsMarkedAsItIsWritten(t *testing.T) {
	a := analysis.New(nil)
	for _, c := range [][3]string{
		{"10kW", "功率10 kW以上", "功率[10 kW]以上"},
		{"10 kW", "10kW motor", "[10kW] motor"},
		{"5MPa", "5 MPa, 1.5 MPa", "[5 MPa], 1.5 MPa"},
		{"40℃", "-40 °C", "-[40 °C]"},
		{"Cs-137", "含铯-137的土壤，137Cs 示踪", "含[铯-137]的土壤，[137Cs] 示踪"},
		{"40 °C", "at 40 degrees C, then", "at [40 degrees C], then"},
		{"201910123456.7", "专利 ZL 2019 1 0123456.7", "专利 [ZL 2019 1 0123456.7]"},
	} {
		if got := marked(a, c[0], c[1], false); got != c[2] {
			t.Errorf("%q in %q marks %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
