package civic

import (
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// surnameReadings holds the surnames whose reading begins with another letter
// than the one that the dictionary gives the character.
var surnameReadings = map[rune]string{
	'曾': "zeng", '单': "shan", '仇': "qiu", '查': "zha", '解': "xie", '区': "ou", '翟': "zhai", '覃': "qin", '乐': "yue",
	'阚': "kan", '种': "chong", '秘': "bi", '繁': "po", '郇': "xun", '折': "she", '句': "gou", '召': "shao", '么': "yao",
	'藏': "zang", '祭': "zhai", '佴': "nai", '乜': "nie", '颉': "xie",
}

// compoundReadings holds the surnames of two characters, all with their
// readings: Surname asks the same table.
var compoundReadings = map[string]string{
	"欧阳": "ou yang", "司马": "si ma", "上官": "shang guan", "诸葛": "zhu ge", "东方": "dong fang", "皇甫": "huang fu",
	"尉迟": "yu chi", "公孙": "gong sun", "慕容": "mu rong", "令狐": "ling hu", "宇文": "yu wen", "长孙": "zhang sun",
	"司徒": "si tu", "司空": "si kong", "夏侯": "xia hou", "端木": "duan mu", "百里": "bai li", "东郭": "dong guo",
	"南宫": "nan gong", "呼延": "hu yan", "轩辕": "xuan yuan", "独孤": "du gu", "西门": "xi men", "南门": "nan men",
	"东门": "dong men", "澹台": "tan tai", "万俟": "mo qi", "单于": "chan yu", "太史": "tai shi", "申屠": "shen tu",
	"公冶": "gong ye", "宗政": "zong zheng", "濮阳": "pu yang", "淳于": "chun yu", "太叔": "tai shu", "仲孙": "zhong sun",
	"钟离": "zhong li", "鲜于": "xian yu", "闾丘": "lü qiu", "亓官": "qi guan", "司寇": "si kou", "赫连": "he lian",
	"拓跋": "tuo ba", "纳兰": "na lan", "第五": "di wu", "梁丘": "liang qiu", "左丘": "zuo qiu", "闻人": "wen ren",
	"公羊": "gong yang", "漆雕": "qi diao", "段干": "duan gan", "谷梁": "gu liang", "穀梁": "gu liang", "羊舌": "yang she",
	"微生": "wei sheng", "乐正": "yue zheng", "巫马": "wu ma", "公西": "gong xi", "壤驷": "rang si", "宰父": "zai fu",
	"颛孙": "zhuan sun", "叔孙": "shu sun", "屈突": "qu tu", "哥舒": "ge shu", "完颜": "wan yan", "耶律": "ye lü",
	"贺兰": "he lan", "贺拔": "he ba", "夹谷": "jia gu",
}

// Initials gives the first letters of the pinyin of a name in lower case, to
// find a person by: 欧阳昝 is oyz. Surnames are read as surnames. A character
// without a known reading is left out.
func Initials(name string) string {
	var letters strings.Builder
	if !strings.ContainsRune(name, nameDot) {
		surname := Surname(name)
		readings, known := compoundReadings[surname]
		if !known {
			first, _ := utf8.DecodeRuneInString(surname)
			readings, known = surnameReadings[first]
		}
		if known {
			for reading := range strings.FieldsSeq(readings) {
				letters.WriteByte(reading[0])
			}
			name = strings.TrimPrefix(name, surname)
		}
	}
	plain := pinyin.NewArgs()
	for _, r := range name {
		if readings := pinyin.SinglePinyin(r, plain); len(readings) > 0 && readings[0] != "" {
			if letter := readings[0][0]; letter >= 'a' && letter <= 'z' {
				letters.WriteByte(letter)
			}
		}
	}
	return letters.String()
}
